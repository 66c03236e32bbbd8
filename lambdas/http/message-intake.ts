import { messageBody } from "#shared/contracts/message-body.ts";
import type { Account } from "#shared/domain/account.ts";
import type { MessageRequest } from "#shared/domain/message-request.ts";
import { Refusal } from "#shared/domain/refusal.ts";
import { type Acceptance, type AcceptOutcome, acceptMessages } from "#shared/usecases/accept-messages.ts";
import type { Entrance } from "#shared/usecases/enter.ts";
import type { AccountLimits } from "#shared/usecases/limit-account.ts";
import { created, refused, replayed } from "./answers.ts";
import { bodyOf } from "./body-of.ts";
import { accountOf, httpHandler } from "./http-handler.ts";
import { withinDay } from "./within-day.ts";

export type MessageIntake = {
	readonly gateway: Acceptance;
	readonly enter: Entrance;
	readonly limits: AccountLimits;
	/** What a Location header begins with. */
	readonly publicUrl: string;
};

/** The handler of POST /messages (R7, A28), apart from what it is wired to. */
export function messageIntake({ gateway, enter, limits, publicUrl }: MessageIntake) {
	return httpHandler(async (event) => {
		const account = await accountOf(event, enter);
		const request = bodyOf(event, messageBody);
		const outcome = await withinDay(limits, account, 1, async () => await acceptOne(gateway, account, request));
		if (outcome.kind === "refused") throw outcome.refusal;
		const location = `${publicUrl}/messages/${outcome.messageId}`;
		const body = { message_id: String(outcome.messageId) };
		if (outcome.kind === "accepted") return created(location, body);
		if (outcome.same && account.duplicates === "replay") return replayed(location, body);
		const duplicate = new Refusal("23", { field: "client_message_id" });
		return refused(duplicate, event.requestContext.requestId, { ...body, location });
	});
}

async function acceptOne(gateway: Acceptance, account: Account, request: MessageRequest): Promise<AcceptOutcome> {
	const [outcome] = await acceptMessages(gateway, account, [request]);
	if (outcome === undefined) throw new Error("a request has no outcome");
	return outcome;
}
