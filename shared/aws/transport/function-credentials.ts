/**
 * Stands in for the SDK's own search for credentials where a function is bundled: a function has them in its environment and nowhere else, and the
 * other places to look are a fifth of its bundle, which is read at every cold start.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
