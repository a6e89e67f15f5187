package io.shardsync.runtime.service;

/** Makes a service without starting it. */
@FunctionalInterface
public interface ServiceFactory {
    /**
     * Makes the service.
     *
     * @throws Exception when it can't be made
     */
    Service create(ServiceContext context) throws Exception;
}
