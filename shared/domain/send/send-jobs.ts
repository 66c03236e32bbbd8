import type { Message } from "../message/message.ts";
import type { Operator } from "../message/operators.ts";
import type { Priority } from "../message/priorities.ts";

/** Messages of one account for one lane. A send job carries ids only: the row at the time of the submit counts. */
export type SendJob = {
	readonly userName: string;
	readonly operator: Operator;
	readonly priority: Priority;
	readonly messageIds: readonly number[];
};

export const sendJobSize = 25;

/** Groups messages into send jobs, in their order. Messages without an operator are left out. */
export function intoSendJobs(messages: readonly Message[]): readonly SendJob[] {
	return [...Map.groupBy(messages, routeKey).values()].flatMap((own) => {
		const [first] = own;
		if (first === undefined || first.operator === null) return [];
		const { userName, operator, priority } = first;
		const ids = own.map((message) => message.messageId);
		return Array.from({ length: Math.ceil(ids.length / sendJobSize) }, (_, index) => ({
			userName,
			operator,
			priority,
			messageIds: ids.slice(index * sendJobSize, (index + 1) * sendJobSize),
		}));
	});
}

/** Unambiguous: only the user name, which comes last, may contain spaces. */
function routeKey({ userName, operator, priority }: Message): string {
	return `${operator} ${priority} ${userName}`;
}
