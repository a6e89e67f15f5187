package io.shardsync.processor.serve;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.TraceContext;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Takes commands for the actuator. */
final class Commands {
    private static final int ACCEPTED = 202;
    private static final List<String> FIELDS_OF_A_CHECK = CommandRequest.FIELDS.stream()
            .filter(name -> !name.equals("type") && !name.equals("index"))
            .toList();

    private final View view;
    private final Topic<String, RecoveryCommand> topic;
    private final Outbox outbox;
    private final CommandRequest requests;

    Commands(View view, Topic<String, RecoveryCommand> topic, Outbox outbox, Clock clock) {
        this.view = view;
        this.topic = topic;
        this.outbox = outbox;
        this.requests = new CommandRequest(view, clock);
    }

    /** @param location where its results can be seen */
    record Accepted(String commandId, String location, RecoveryCommand command) {}

    void routes(JavalinConfig config) {
        config.routes.post("/shards/recovery", context -> {
            Params.only(context);
            send(context, Fields.of(context, CommandRequest.FIELDS), null, null);
        });
        config.routes.post("/shards/consistency/{index}", context -> {
            Params.only(context);
            send(
                    context,
                    Fields.of(context, FIELDS_OF_A_CHECK),
                    CommandType.VERIFY_CONSISTENCY,
                    context.pathParam("index"));
        });
    }

    private void send(Context context, Fields fields, CommandType type, String index) {
        view.orNotReady();
        Caller caller = Caller.of(context);
        RecoveryCommand command = requests.read(fields, type, index, caller);
        Optional<RecoveryCommand> before = known(command.commandId());
        if (before.isPresent() && !same(before.get(), command)) {
            throw Problem.conflict("command " + command.commandId()
                    + " has been sent before and asked for something else; a new command needs a new id");
        }
        if (before.isEmpty()) {
            outbox.send(
                    topic, command.cluster(), command, caller, TraceContext.parse(context.header(TraceContext.HEADER)));
        }
        String location = "/shards/recovery/" + command.commandId();
        Answer.json(
                context.status(ACCEPTED).header("Location", location),
                new Accepted(command.commandId(), location, before.orElse(command)));
    }

    private Optional<RecoveryCommand> known(String commandId) {
        return view.waiting(commandId).or(() -> view.result(commandId).map(RecoveryResult::command));
    }

    /** Whether one is the other sent again; who, when and why may differ. */
    private static boolean same(RecoveryCommand a, RecoveryCommand b) {
        return a.type() == b.type()
                && a.dryRun() == b.dryRun()
                && Objects.equals(a.cluster(), b.cluster())
                && Objects.equals(a.index(), b.index())
                && Objects.equals(a.shard(), b.shard())
                && Objects.equals(a.node(), b.node())
                && Objects.equals(a.targetNode(), b.targetNode())
                && Objects.equals(a.cause(), b.cause())
                && Objects.equals(a.params(), b.params());
    }
}
