/** Mutants that no history finds, each with the reason, and with the test that finds it where there is one. */
export const survivors: Readonly<Record<string, string>> = {};
