/**
 * What an SMSC means by a command_status that refuses a submit_sm:
 * - `throttled`: its rate or queue is at its limit. It takes the same message later, and all others more slowly.
 * - `temporary`: it cannot take this message now.
 * - `reconnect`: the connection is of no use any more. It takes the same message on a new one.
 * - `permanent`: it will never take this message.
 */
export const statusMeanings = ["throttled", "temporary", "reconnect", "permanent"] as const;
export type StatusMeaning = (typeof statusMeanings)[number];

/** The meanings that differ from the default ones, by command_status in decimal: a setting of the SMSC. */
export type OwnMeanings = Readonly<Record<string, StatusMeaning>>;

/** SMPP section 5.1.3. All others are permanent, those of vendors too. */
export const defaultMeanings: OwnMeanings = {
	/* ESME_RINVBNDSTS: the SMSC has lost or changed the state of our bind. */
	4: "reconnect",
	/* ESME_RSYSERR */
	8: "temporary",
	/* ESME_RMSGQFUL */
	20: "throttled",
	/* ESME_RTHROTTLED */
	88: "throttled",
	/* ESME_RX_T_APPN */
	100: "temporary",
};

export function meaningOf(commandStatus: number, own: OwnMeanings = {}): StatusMeaning {
	return own[commandStatus] ?? defaultMeanings[commandStatus] ?? "permanent";
}
