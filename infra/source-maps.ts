/** Stack traces name the source's file and line, where a bundle has a map. Node reads the map when the first trace is asked for. */
export const sourceMapsEnv = { NODE_OPTIONS: "--enable-source-maps" } as const;
