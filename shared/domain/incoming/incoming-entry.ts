import type { MoPart, PartGroup } from "./mo-part.ts";

export type IncomingEntry =
	/** Parts that one operator delivered together. */
	| { readonly kind: "parts"; readonly parts: readonly MoPart[] }
	/** Delayed: the messages of this group may have waited long enough for their missing parts. */
	| { readonly kind: "overdue"; readonly of: PartGroup }
	/** Stays in the dead letters until an operator of the gateway adds a route and redrives it. */
	| { readonly kind: "unrouted"; readonly messageIds: readonly number[] };
