/** The final statuses that a client wants reports of. By REST it is always `always`. */
export type ReportPreference = "always" | "failures" | "never";
