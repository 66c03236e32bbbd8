import { effectOf, type Mutant, type Sources } from "./mutant.ts";
import { listItems, type SourceStatement, statementsOf } from "./statements.ts";

/** The files that accept, send, record and report messages, and that take in receipts and incoming messages. */
const folders = {
	"shared/usecases/accept": [
		"store-messages",
		"hold-messages",
		"insert-messages",
		"fail-fast-batches",
		"accept-batch",
		"accept-fail-fast",
		"accept-messages",
		"accept-unnamed",
		"accept-tolerant",
	],
	"shared/usecases/send": [
		"pick-up-messages",
		"expire-waiting",
		"count-repeats",
		"record-submissions",
		"end-dead-lettered",
	],
	"shared/usecases/message": ["change-messages", "withdraw-message"],
	"shared/usecases/receipts": ["apply-receipts", "find-unanswered"],
	"shared/usecases/reports": ["deliver-report-batch", "deliver-or-retry"],
	"shared/usecases/schedule": ["check-shard", "sweep-slots", "alarmed-slots"],
	"shared/usecases/incoming": ["join-parts", "report-incoming", "receive-incoming"],
	"smpp/operators": [
		"submitter",
		"operator-sender",
		"submission-recorder",
		"held-entries",
		"pick-up-outbound",
		"receipts-intake",
		"mo-intake",
		"deliver-sm-intake",
		"give-back-while-closed",
	],
	"smpp/clients": ["deliver-sm-sender", "report-confirmer", "held-report-batches"],
	"lambdas/sqs": ["queue-handler"],
} as const;

export const mutatedFiles = Object.entries(folders).flatMap(([folder, names]) =>
	names.map((name) => `${folder}/${name}.ts`),
);

/** Calls that write or send: calls of ports, and of functions in these files that only call ports. */
const writes = new RegExp(
	`\\b(${[
		...["put", "putUnanswered", "insert", "undoInsert", "change", "send", "sendFirst", "remove", "hold", "replace"],
		...["confirm", "forget", "add", "set", "post", "holdInserted", "ensureHeld", "ensureKnownHeld", "undoRefused"],
		...[
			"abortBatch",
			"abortEarlierAttempt",
			"abortEnded",
			"changeMessages",
			"settleOthers",
			"endOutbound",
			"park",
			"setAllAside",
			"putIntoSlots",
			"queueUnconfirmedReports",
		],
		...["recordSegments", "recordSubmissions", "recordInterrupted", "recordSegment", "countRepeats", "countRepeat"],
		...[
			"requeueReports",
			"holdUnrouted",
			"queueOverdueChecks",
			"reportIncoming",
			"expireWatched",
			"carryOut",
			"deadLetter",
			"scheduleRetry",
			"extendHold",
		],
		...[
			"addHolder",
			"storeMessages",
			"insertMessages",
			"insertRefused",
			"storeRefused",
			"recheckOutbound",
			"recheckAndPump",
			"finish",
		],
		...[
			"requeueFirst",
			"recheckAfter",
			"record",
			"repeat",
			"segment",
			"wholeMessage",
			"interrupted",
			"settle",
			"work",
			"track",
			"withoutUncommitted",
			"retryUntilDone",
		],
	].join("|")})\\(`,
);
/** Calls whose result is void, so a `return` of it may be left out. */
const voidWrites = /^return await [\w.]*\b(put|send|undoInsert|remove|deadLetter)\(/;

/** The code with one awaited write left out, or moved after the next statement. */
export function mechanicalMutants(sources: Sources): readonly Mutant[] {
	return uniquelyNamed(
		mutatedFiles.flatMap((file) => {
			const source = sources(file);
			const place = file.slice(file.lastIndexOf("/") + 1, -".ts".length);
			return statementsOf(source).flatMap(([statement, next]) =>
				[...dropsOf(source, statement), ...swapsOf(source, statement, next)].map(
					({ what, text, effect = statement }): Mutant => ({
						name: `${place}: ${what}`,
						files: [{ file, text }],
						place: effectOf(file, effect),
					}),
				),
			);
		}),
	);
}

type Change = {
	readonly what: string;
	readonly text: string;
	/** The statement whose effect differs, if it is not the changed one. */
	readonly effect?: SourceStatement;
};

function dropsOf(source: string, { from, to, text }: SourceStatement): readonly Change[] {
	const begun = /^(?:if \(.*?\) |for \(.*?\) )?(await|void|return await) /.exec(text);
	const isGuard = /^if \(!\(await /.test(text);
	if (!writes.test(text) || !(begun || isGuard) || /\belse\b/.test(text)) return [];
	if (begun?.[1] === "return await" && !voidWrites.test(text.slice(begun.index + begun[0].length - 13))) return [];
	const parts = /^await Promise\.all\(\[/.exec(text);
	if (parts) return partsDropped(source, from + parts[0].length);
	const kept = begun?.[1] === "return await" ? `${begun[0].slice(0, -"return await ".length)}return;` : "";
	return [{ what: `without ${short(text)}`, text: source.slice(0, from) + kept + source.slice(to) }];
}

function partsDropped(source: string, from: number): readonly Change[] {
	return listItems(source, from)
		.filter((item) => writes.test(source.slice(item.from, item.to)))
		.map((item) => ({
			what: `without ${short(source.slice(item.from, item.to).trim())}`,
			text: `${source.slice(0, item.from)} undefined${source.slice(item.to)}`,
		}));
}

function swapsOf(source: string, one: SourceStatement, next: SourceStatement | undefined): readonly Change[] {
	if (next === undefined || !(isWrite(one) || isWrite(next)) || !maySwap(one, next)) return [];
	const between = source.slice(one.to, next.from);
	const text = source.slice(0, one.from) + next.text + between + one.text + source.slice(next.to);
	return [
		{ what: `${short(next.text)} before ${short(one.text)}`, text, effect: next.text.startsWith("if (") ? next : one },
	];
}

const isWrite = ({ text }: SourceStatement) =>
	/^[^\n]*\bawait /.test(text) && writes.test(text) && !/^(for|while|async|return)\b/.test(text);

/**
 * Statements that leave the block, declare a function or have no effect: logs, and values computed without an awaited
 * call.
 */
const unswapped =
	/^(return|throw|break|continue|function|async|get|log\.|metrics\.|(log|measure)\w*\()|^const (?![^\n]*\bawait )/;

/**
 * Statements are not swapped if the second needs what the first declares, only one of them runs, or the order has no
 * effect.
 */
function maySwap(one: SourceStatement, next: SourceStatement): boolean {
	if ([one, next].every(({ text }) => /^if \(.*\) return /.test(text))) return false;
	if (unswapped.test(one.text) || unswapped.test(next.text)) return false;
	return !declaredIn(one.text).some((name) => new RegExp(`\\b${name}\\b`).test(next.text));
}

function declaredIn(text: string): readonly string[] {
	const [, pattern = ""] = /^(?:const|let) (\{[^}]*\}|\[[^\]]*\]|\w+)/.exec(text) ?? [];
	return pattern.match(/\w+/g) ?? [];
}

const shortMax = 70;

function short(text: string): string {
	const line = text.replaceAll(/\s+/g, " ");
	return line.length > shortMax ? `${line.slice(0, shortMax)}…` : line;
}

function uniquelyNamed(mutants: readonly Mutant[]): readonly Mutant[] {
	const counts = new Map<string, number>();
	return mutants.map((mutant) => {
		const count = (counts.get(mutant.name) ?? 0) + 1;
		counts.set(mutant.name, count);
		return count === 1 ? mutant : { ...mutant, name: `${mutant.name} (${count})` };
	});
}
