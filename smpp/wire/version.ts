/** interface_version, ours on both sides: SMPP 3.4 (section 5.3.2.25). */
export const smppVersion = 0x34;

/** Optional parameters exist since version 3.4 (section 3.4.4). An older peer must not get any. */
export const supportsTlvs = (interfaceVersion: number) => interfaceVersion >= smppVersion;
