/** Which ends of a message its client wants to hear of: by SMPP it says so, by REST it hears of every one. */
export type ReportPreference = "always" | "failures" | "never";
