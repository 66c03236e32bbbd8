import type { Account } from "#shared/domain/account.ts";
import type { UnnamedRequest } from "#shared/domain/message-request.ts";
import { Refusal } from "#shared/domain/refusal.ts";
import type { Clock } from "#shared/ports.ts";
import type { TogetherOutcome } from "#shared/usecases/accept-together.ts";
import type { AccountLimits } from "#shared/usecases/limit-account.ts";
import type { Answer } from "#smpp/session/serving.ts";
import type { Pdu, UnsuccessfulDestination } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import type { Intake } from "./intake.ts";
import { readSubmit, recipientOf, type Unaddressed } from "./read-submit.ts";
import { statusOf } from "./refusal-status.ts";

export type Submitting = { readonly intake: Intake; readonly limits: AccountLimits; readonly now: Clock };

const taken = (message_id: string): Answer => ({ command_status: commandStatuses.ESME_ROK, fields: { message_id } });

/** submit_sm and data_sm: one message, answered with its id once it is safe. */
export async function submitOne(
	submitting: Submitting,
	account: Account,
	pdu: Pdu<"submit_sm" | "data_sm">,
): Promise<Answer> {
	const recipient = recipientOf(pdu.fields.destination_addr);
	const request = { ...readSubmit(account, pdu, submitting.now()), recipient };
	const [outcome] = await takeIn(submitting, account, [request]);
	const end = endOf(outcome);
	if (end instanceof Refusal) throw end;
	return taken(String(end));
}

/** As many as a submit_multi may have (SMPP section 4.5.1). */
const destinationsMax = 254;

/** One of a submit_multi's destinations: whom it stands for, or why nobody. */
type Destination = {
	readonly address: Pick<UnsuccessfulDestination, "dest_addr_ton" | "dest_addr_npi" | "destination_addr">;
	readonly to: string | Refusal;
};

/**
 * submit_multi: a message for each destination, with an id of its own; the answer has the first one's, and names those that were not
 * taken. Where none was, it is a refusal.
 */
export async function submitMany(submitting: Submitting, account: Account, pdu: Pdu<"submit_multi">): Promise<Answer> {
	const destinations = destinationsOf(pdu);
	const unaddressed = readSubmit(account, pdu, submitting.now());
	const sound = destinations.flatMap(({ to }) => (to instanceof Refusal ? [] : [addressed(unaddressed, to)]));
	const outcomes = [...(await takeIn(submitting, account, sound))];
	const ends = destinations.map(({ address, to }) => ({
		address,
		end: to instanceof Refusal ? to : endOf(outcomes.shift()),
	}));
	const refused = ends.flatMap(({ address, end }) =>
		end instanceof Refusal ? [{ ...address, error_status_code: statusOf(end), refusal: end }] : [],
	);
	const first = ends.find(({ end }) => !(end instanceof Refusal))?.end;
	if (typeof first !== "number") throw refused[0]?.refusal ?? new Refusal("69");
	const unsuccess_sme = refused.map(({ refusal: _, ...entry }) => entry);
	return { command_status: commandStatuses.ESME_ROK, fields: { message_id: String(first), unsuccess_sme } };
}

const addressed = (message: Unaddressed, recipient: string): UnnamedRequest => ({ ...message, recipient });

function endOf(outcome: TogetherOutcome | undefined): number | Refusal {
	if (outcome === undefined || outcome.kind === "failed") return new Refusal("8");
	return outcome.kind === "refused" ? outcome.refusal : outcome.messageId;
}

function destinationsOf({ fields: { dest_address } }: Pdu<"submit_multi">): readonly Destination[] {
	if (dest_address.length < 1 || dest_address.length > destinationsMax)
		throw new Refusal("51", { field: "number_of_dests" });
	return dest_address.map((address) => {
		if ("dl_name" in address) throw new Refusal("52", { field: "dl_name" });
		return { address, to: soundRecipient(address.destination_addr) };
	});
}

function soundRecipient(address: string): string | Refusal {
	try {
		return recipientOf(address);
	} catch (error) {
		if (error instanceof Refusal) return error;
		throw error;
	}
}

/** Takes messages in within their account's day; what was not taken does not count. */
async function takeIn({ intake, limits }: Submitting, account: Account, requests: readonly UnnamedRequest[]) {
	const within = await limits.takeMessages(account, requests.length);
	if (within.kind === "over") throw new Refusal("88");
	const outcomes = await Promise.all(requests.map(async (request) => await intake.accept(account, request)));
	const refused = outcomes.filter(({ kind }) => kind !== "accepted").length;
	if (refused > 0) limits.giveBackMessages(account, refused);
	return outcomes;
}
