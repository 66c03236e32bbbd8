/** What the row of a message says of its sending, before anything was done. */
export const unsentFields = {
	sentAt: null,
	confirmedAt: null,
	retryCount: 0,
	holder: null,
	waitsUntil: null,
	repeated: null,
	refused: null,
	segments: [],
	sentReportBatchId: null,
	enRouteReportBatchId: null,
	revision: 0,
} as const;
