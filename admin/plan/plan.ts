import { createHash } from "node:crypto";
import { dollarsOf } from "#shared/domain/prices.ts";
import { readyMostOf, recordedTogether } from "#shared/domain/sending-rules.ts";
import { consumptionOf, perMessage, type WayIn } from "./consumption.ts";
import { boundsOf, type Foretold, foretell } from "./foretell.ts";
import { type Demand, type QuotaRow, quotaRows } from "./quotas.ts";
import { recordCalls } from "./simulated-sending.ts";
import type { Terms } from "./terms.ts";

/** What is asked: an operator's contract, and what is to go to it. */
export type Question = Omit<Terms, "tasks"> & {
	readonly messages: number;
	/** From 0 to 1. */
	readonly urgentShare: number;
	/** Of bulk; what is urgent comes one by one. */
	readonly wayIn: WayIn;
	/** How long clients take to hand it in. */
	readonly intakeSeconds: number;
	/** Whether all of it waits for one moment. */
	readonly scheduled: boolean;
};

export type Plan = Omit<Foretold, "heldBackBy"> & {
	/** `binds` where the rate takes more tasks than there are binds for. */
	readonly heldBackBy: Foretold["heldBackBy"] | "binds";
	readonly tasks: number;
	readonly dollars: number;
	readonly quotas: readonly QuotaRow[];
};

/** How much of a task's one core may be busy: the rest is for bursts, and for tidying up. */
const busyMost = 0.6;

/** What it takes to send that, and how long. */
export function planFor(question: Question): Plan {
	const { binds, tps, messages, urgentShare, wayIn } = question;
	const segmentsPerTask = busyMost / mixed(question, (way) => perMessage[way].taskSeconds);
	const bounds = boundsOf(question);
	const tasks = Math.ceil((Math.min(bounds.tps, bounds.window) * question.segments) / segmentsPerTask);
	const terms = { ...question, tasks: Math.min(tasks, binds), tps: Math.min(tps, binds * segmentsPerTask) };
	const { entrySize } = perMessage[wayIn];
	const foretold = foretell(terms, { messages, urgentShare, entrySize }, sameChances());
	const heldBackBy = foretold.heldBackBy === "tps" && tasks > binds ? "binds" : foretold.heldBackBy;
	const quotas = quotaRows(demandOf(question, foretold.messagesPerSecond, Math.min(tasks, binds)));
	return { ...foretold, heldBackBy, tasks, dollars: dollarsFor(question), quotas };
}

/** A figure of a message, where some come in one way and the urgent ones by themselves. */
function mixed({ urgentShare, wayIn }: Question, of: (way: WayIn) => number): number {
	return (1 - urgentShare) * of(wayIn) + urgentShare * of("single");
}

function dollarsFor(question: Question): number {
	return question.messages * mixed(question, (way) => dollarsOf(consumptionOf(way, question.segments)));
}

function demandOf(question: Question, sentPerSecond: number, tasks: number): Demand {
	const { messages, intakeSeconds, tps, segments, roundTripMs, callMs, wayIn, scheduled } = question;
	const acceptedPerSecond = messages / intakeSeconds;
	/* They run while messages come in and while their receipts do: as if both fell together. */
	const functionMs = mixed(
		question,
		(way) => perMessage[way].functionSeconds * 1_000 + perMessage[way].awsCalls * callMs,
	);
	const heldMs = segments * roundTripMs + recordedTogether.waitMs + recordCalls * callMs;
	return {
		requestsPerSecond: acceptedPerSecond * mixed(question, (way) => perMessage[way].apiRequests),
		acceptedPerSecond,
		sentPerSecond,
		functionsAtOnce: (Math.max(acceptedPerSecond, sentPerSecond) * functionMs) / 1_000,
		entriesHeld: (readyMostOf(tps) + (sentPerSecond * heldMs) / 1_000) / perMessage[wayIn].entrySize,
		scheduled,
		tasks,
	};
}

/** Chance that falls the same each time, so that a plan that is asked for again says the same. */
function sameChances(): () => number {
	let drawn = 0;
	return () => {
		drawn += 1;
		return createHash("sha256").update(String(drawn)).digest().readUInt32BE() / 2 ** 32;
	};
}
