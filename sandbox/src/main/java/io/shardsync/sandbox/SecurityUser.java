package io.shardsync.sandbox;

/**
 * A user of a sandbox whose Elasticsearch has security switched on, with one role of its own.
 *
 * @param name letters, digits and hyphens; the role has the same name
 * @param password at least 6 characters, as Elasticsearch demands
 * @param role JSON as the body of Elasticsearch's {@code PUT /_security/role/NAME}
 */
public record SecurityUser(String name, String password, String role) {
    private static final int LEAST_PASSWORD = 6;

    /** @throws IllegalArgumentException naming the field, the value and what is allowed */
    public SecurityUser {
        if (!name.matches("[A-Za-z0-9-]+")) {
            throw new IllegalArgumentException(
                    "security user: name is '" + name + "', allowed are letters, digits and hyphens");
        }
        if (password.length() < LEAST_PASSWORD) {
            throw new IllegalArgumentException("security user: the password of '" + name + "' has " + password.length()
                    + " characters, at least " + LEAST_PASSWORD + " are needed");
        }
    }
}
