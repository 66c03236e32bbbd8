import { useRef, useState } from "preact/hooks";
import { html, type View } from "../html.ts";
import { clockTime, say, sayMany } from "../language.ts";
import { standstillView } from "../parts/loaded.ts";
import { SendForm } from "../parts/send-form.ts";
import { AnswerForm, OutcomeForm } from "../parts/subscriber-forms.ts";
import { mergedRequests, WebhookPanel, type WebhookRequestData } from "../parts/webhook-panel.ts";
import { useStream } from "../server.ts";
import { type Bubble, type Conversation, type PhoneEventData, withEvents } from "../views/conversations.ts";

type Change = {
	readonly events: readonly PhoneEventData[];
	readonly requests: readonly WebhookRequestData[];
	readonly modes: Readonly<Record<string, string>>;
};

type Seen = {
	readonly conversations: readonly Conversation[];
	readonly requests: readonly WebhookRequestData[];
	readonly modes: Change["modes"];
};

export function Phones() {
	const [seen, setSeen] = useState<Seen>({ conversations: [], requests: [], modes: {} });
	const [chosen, choose] = useState<string | undefined>();
	const parts = useRef(new Map());
	const standstill = useStream<Change>("phones", ({ events, requests, modes }) =>
		setSeen((before) => ({
			conversations: withEvents(before.conversations, events, parts.current),
			requests: mergedRequests(before.requests, requests),
			modes,
		})),
	);
	const current = seen.conversations.find(({ subscriber }) => subscriber === chosen) ?? seen.conversations[0];
	return html`
		<h1>${say("phones")}</h1>
		<p class="intro">${say("phonesIntro")}</p>
		${standstillView(standstill)}
		<div class="phones">
			<section class="list" aria-labelledby="conversations">
				<h2 id="conversations">${say("conversations")}</h2>
				<${ConversationList} all=${seen.conversations} current=${current?.subscriber} choose=${choose} />
				<${SendForm} />
			</section>
			<${Phone} conversation=${current} />
			<${WebhookPanel} requests=${seen.requests} modes=${seen.modes} />
		</div>
	`;
}

type ListProps = {
	readonly all: readonly Conversation[];
	readonly current: string | undefined;
	readonly choose: (subscriber: string) => void;
};

function ConversationList({ all, current, choose }: ListProps) {
	if (all.length === 0) return html`<p class="none">${say("noMessagesYet")}</p>`;
	return html`<ul class="conversations">
		${all.map(
			({ subscriber, operator, bubbles }) => html`<li key=${subscriber}>
				<button type="button" aria-pressed=${subscriber === current} onClick=${() => choose(subscriber)}>
					<span class="row spread"><strong>${subscriber}</strong> <small>${operator}</small></span>
					<span class="cut">${bubbles.at(-1)?.text ?? "…"}</span>
				</button>
			</li>`,
		)}
	</ul>`;
}

function Phone({ conversation }: { readonly conversation: Conversation | undefined }) {
	if (conversation === undefined) return html`<section class="phone" aria-hidden="true"></section>`;
	const { subscriber, operator, bubbles } = conversation;
	const toEnd = (list: HTMLElement | null) => list?.scrollTo({ top: list.scrollHeight });
	const lastOther = bubbles.findLast(({ isOwn }) => isOwn)?.other ?? "9090";
	return html`
		<section class="phone" aria-label=${say("conversationWith", { number: subscriber })}>
			<h2>${subscriber} <small>${operator}</small></h2>
			<div class="bubbles" role="log" tabindex="0" aria-label=${say("conversationWith", { number: subscriber })} ref=${toEnd}>
				<ol>
					${bubbles.map((one) => html`<li key=${one.key} class=${one.isOwn ? "own" : one.outcome}><${BubbleView} bubble=${one} /></li>`)}
				</ol>
			</div>
			<${AnswerForm} key=${`answer-${subscriber}`} subscriber=${subscriber} operator=${operator} to=${lastOther} />
			<${OutcomeForm} key=${`outcome-${subscriber}`} subscriber=${subscriber} />
		</section>
	`;
}

function BubbleView({ bubble }: { readonly bubble: Bubble }) {
	const { text, hex, other, isOwn } = bubble;
	return html`
		<div class="bubble">
			<p class="other">${isOwn ? `→ ${other}` : other}${bubble.flash && html` <span class="state">${say("flash")}</span>`}</p>
			<p class="text">${text ?? html`<code>${say("notText", { hex })}</code>`}</p>
			<p class="facts"><time>${clockTime(bubble.at)}</time>${!isOwn && facts(bubble)}</p>
		</div>
	`;
}

const alphabetWords = { gsm7: "alphabetGsm7", ucs2: "alphabetUcs2" } as const;
const outcomeWords = {
	delivered: "outcomeDelivered",
	failed: "outcomeFailed",
	no_receipt: "outcomeNoReceipt",
	refused: "outcomeRefused",
} as const;

function facts({ segments, segmentsTotal, alphabet, outcome, code }: Bubble): View {
	const known = alphabetWords[alphabet as keyof typeof alphabetWords];
	const many =
		segments < segmentsTotal ? say("segmentsOf", { n: segments, total: segmentsTotal }) : sayMany("segments", segments);
	return html` · ${many} · ${known === undefined ? alphabet : say(known)} · <span class=${`outcome ${outcome}`}>${say(outcomeWords[outcome])}${code > 0 ? ` ${code}` : ""}</span>`;
}
