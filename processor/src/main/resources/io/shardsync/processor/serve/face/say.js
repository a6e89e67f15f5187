// A word to the person, seen and heard.

let timer = null;

export function say(text, failed = false) {
  let box = document.getElementById('said');
  if (!box) {
    box = document.createElement('p');
    box.id = 'said';
    box.setAttribute('role', 'alert');
    document.body.append(box);
  }
  box.className = failed ? 'is-critical' : 'is-info';
  box.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => box.remove(), failed ? 12_000 : 5_000);
}
