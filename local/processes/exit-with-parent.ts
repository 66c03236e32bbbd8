/**
 * Loaded into every process of the local stack before its own code: a process whose supervisor is gone, however that came about, has
 * nobody to serve. The channel by itself keeps nothing alive, so that deployed code ends here when it would end in the cloud.
 */
process.once("disconnect", () => process.exit(0));
process.channel?.unref();
