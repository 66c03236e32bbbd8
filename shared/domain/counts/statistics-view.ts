import type { ErrorCode } from "../message/error-codes.ts";
import { errorTexts } from "../message/error-codes.ts";
import type { Statistics } from "./statistics.ts";

/** Statistics as JSON shows them, in answers and in the command line. */
export function statisticsView({ accepted, submitted, delivered, failed, incoming, ...more }: Statistics) {
	return {
		accepted,
		submitted,
		delivered,
		failed,
		incoming,
		reported: more.reported,
		unreported: more.unreported,
		endings: more.endings.map(({ status, errorCode, meaning, messages, segments }) => ({
			status,
			error_code: errorCode !== null && errorCode in errorTexts ? (errorCode as ErrorCode) : null,
			error_message: meaning,
			messages,
			segments,
		})),
	};
}
