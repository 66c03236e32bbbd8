/**
 * Every process of the local stack loads this before its own code, and ends when its supervisor does. The channel does not keep the
 * process alive, so deployed code ends here when it would end in the cloud.
 */
process.once("disconnect", () => process.exit(0));
process.channel?.unref();
