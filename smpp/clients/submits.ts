import type { Clock } from "#shared/clock.ts";
import type { UnnamedRequest } from "#shared/domain/accept/message-request.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { UnnamedOutcome } from "#shared/usecases/accept/accept-unnamed.ts";
import type { AccountLimits } from "#shared/usecases/limits/limit-account.ts";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import type { Pdu, UnsuccessfulDestination } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { type MessageWithoutRecipient, readSubmit, recipientOf, type SubmitOrigin } from "./read-submit.ts";
import { statusOf } from "./refusal-status.ts";
import type { SubmitIntake } from "./submit-intake.ts";

export type ClientSubmitDeps = { readonly intake: SubmitIntake; readonly limits: AccountLimits; readonly now: Clock };

const submitResponse = (message_id: string): SmppResponse => ({
	command_status: commandStatuses.ESME_ROK,
	fields: { message_id },
});

/** submit_sm and data_sm: one message, answered with its id once it is accepted. */
export async function submitOne(
	deps: ClientSubmitDeps,
	account: Account,
	pdu: Pdu<"submit_sm" | "data_sm">,
	origin: SubmitOrigin,
): Promise<SmppResponse> {
	const recipient = recipientOf(pdu.fields.destination_addr);
	const request = { ...readSubmit(account, pdu, origin, deps.now()), recipient };
	const [outcome] = await acceptWithinQuota(deps, account, [request]);
	const result = resultOf(outcome);
	if (result instanceof Refusal) throw result;
	return submitResponse(String(result));
}

/** SMPP section 4.5.1. */
const destinationsMax = 254;

type SubmitDestination = {
	readonly address: Pick<UnsuccessfulDestination, "dest_addr_ton" | "dest_addr_npi" | "destination_addr">;
	readonly to: string | Refusal;
};

/**
 * submit_multi: a message with its own id for each destination. The answer has the id of the first accepted one, which
 * the receipts of all carry, and lists the refused destinations. If all are refused, so is the request.
 */
export async function submitMany(
	deps: ClientSubmitDeps,
	account: Account,
	pdu: Pdu<"submit_multi">,
	origin: SubmitOrigin,
): Promise<SmppResponse> {
	const destinations = destinationsOf(pdu);
	const withoutRecipient = readSubmit(account, pdu, origin, deps.now());
	const valid = destinations.flatMap(({ to }) => (to instanceof Refusal ? [] : [withRecipient(withoutRecipient, to)]));
	const outcomes = [...(await acceptWithinQuota(deps, account, valid))];
	const results = destinations.map(({ address, to }) => ({
		address,
		result: to instanceof Refusal ? to : resultOf(outcomes.shift()),
	}));
	const refused = results.flatMap(({ address, result }) =>
		result instanceof Refusal ? [{ ...address, error_status_code: statusOf(result), refusal: result }] : [],
	);
	const first = results.find(({ result }) => !(result instanceof Refusal))?.result;
	if (typeof first !== "number") throw refused[0]?.refusal ?? new Refusal("69");
	const unsuccess_sme = refused.map(({ refusal: _, ...entry }) => entry);
	return { command_status: commandStatuses.ESME_ROK, fields: { message_id: String(first), unsuccess_sme } };
}

const withRecipient = (message: MessageWithoutRecipient, recipient: string): UnnamedRequest => ({
	...message,
	recipient,
});

function resultOf(outcome: UnnamedOutcome | undefined): number | Refusal {
	if (outcome === undefined || outcome.kind === "failed") return new Refusal("8");
	return outcome.kind === "refused" ? outcome.refusal : outcome.messageId;
}

function destinationsOf({ fields: { dest_address } }: Pdu<"submit_multi">): readonly SubmitDestination[] {
	if (dest_address.length < 1 || dest_address.length > destinationsMax)
		throw new Refusal("51", { field: "number_of_dests" });
	return dest_address.map((address) => {
		if ("dl_name" in address) throw new Refusal("52", { field: "dl_name" });
		return { address, to: validRecipient(address.destination_addr) };
	});
}

function validRecipient(address: string): string | Refusal {
	try {
		return recipientOf(address);
	} catch (error) {
		if (error instanceof Refusal) return error;
		throw error;
	}
}

const overRecipient: UnnamedOutcome = {
	kind: "refused",
	refusal: new Refusal("88", {
		field: "destination_addr",
		detail: "the recipient, or its block of numbers, has the account's limit of messages in an hour",
	}),
};

/** Accepts messages within the account's limits. What is refused does not count. */
async function acceptWithinQuota(
	{ intake, limits }: ClientSubmitDeps,
	account: Account,
	requests: readonly UnnamedRequest[],
): Promise<readonly UnnamedOutcome[]> {
	const recipients = requests.map(({ recipient }) => recipient);
	const taken = await limits.takeMessages(account, recipients);
	if (taken.kind === "over") throw new Refusal("88");
	const isOver = (index: number) => taken.overRecipients.has(index);
	const sendable = requests.filter((_, index) => !isOver(index));
	let outcomes: readonly UnnamedOutcome[] = [];
	try {
		const accepted = [...(await acceptAll(intake, account, sendable))];
		outcomes = requests.map((_, index) => (isOver(index) ? overRecipient : (accepted.shift() ?? { kind: "failed" })));
		return outcomes;
	} finally {
		await taken.giveBack([...requests.keys()].filter((index) => outcomes[index]?.kind !== "accepted"));
	}
}

/** One after the other until one is accepted, then the rest at once: their receipts carry its id. */
async function acceptAll(intake: SubmitIntake, account: Account, requests: readonly UnnamedRequest[]) {
	const outcomes: UnnamedOutcome[] = [];
	let receiptId: number | null = null;
	for (const request of requests) {
		const outcome = await intake.accept(account, request);
		outcomes.push(outcome);
		if (outcome.kind === "accepted") {
			receiptId = outcome.messageId;
			break;
		}
	}
	const others = requests.slice(outcomes.length).map(({ smpp, ...request }) => ({
		...request,
		smpp: smpp && { ...smpp, receiptId },
	}));
	return [...outcomes, ...(await Promise.all(others.map(async (request) => await intake.accept(account, request))))];
}
