/** Stack traces name the file and line of the source. Node reads a bundle's map with the first trace. */
export const sourceMapsEnv = { NODE_OPTIONS: "--enable-source-maps" } as const;
