/**
 * Replaces the SDK's credential providers in a function's bundle. A function has its credentials in its environment; the other
 * providers would be a fifth of the bundle, which every cold start reads.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
