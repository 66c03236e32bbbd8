import type { NextOutcome, OutcomeRequest } from "#shared/contracts/local-servers.ts";
import { concatenationIn } from "#smpp/wire/concatenation.ts";
import { readUdh } from "#smpp/wire/user-data-header.ts";
import type { SimulatedBehaviour } from "./simulated-behaviour.ts";

/** Outcomes that were chosen for the next message to a number, with all its segments. */
export type ChosenOutcomes = {
	choose(request: OutcomeRequest): void;
	/** Undefined: none was chosen for this message. */
	take(subscriber: string, esmClass: number, message: Buffer): SimulatedBehaviour | undefined;
};

/** @property reference of the message that has it; undefined before, null for a message of one segment. */
type Choice = { readonly behaviour: SimulatedBehaviour; reference: number | null | undefined };

const choicesMax = 1_000;
const udhIndicator = 0x40;

export function chosenOutcomes(): ChosenOutcomes {
	const choices = new Map<string, Choice>();
	return {
		choose({ subscriber, outcome }) {
			if (choices.size >= choicesMax) choices.clear();
			choices.set(subscriber, { behaviour: behaviourOf(outcome), reference: undefined });
		},
		take(subscriber, esmClass, message) {
			const choice = choices.get(subscriber);
			if (choice === undefined) return undefined;
			const reference = referenceOf(esmClass, message);
			if (choice.reference === undefined) choice.reference = reference;
			else if (reference === null || choice.reference !== reference) {
				choices.delete(subscriber);
				return undefined;
			}
			return choice.behaviour;
		},
	};
}

function referenceOf(esmClass: number, message: Buffer): number | null {
	if ((esmClass & udhIndicator) === 0) return null;
	const [part] = readUdh(message)?.elements.flatMap((element) => concatenationIn(element) ?? []) ?? [];
	return part?.reference ?? null;
}

function behaviourOf(outcome: NextOutcome): SimulatedBehaviour {
	if (outcome.kind === "no_receipt") return { kind: "silence" };
	if (outcome.kind === "refused") return { kind: "refusal", commandStatus: outcome.code };
	const err = outcome.kind === "failed" ? outcome.code : 0;
	return { kind: "receipt", delivered: outcome.kind === "delivered", err, beforeResponse: false };
}
