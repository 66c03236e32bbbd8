import type { MoPart, PartGroup } from "./mo-part.ts";

/** An entry of the incoming queue. */
export type IncomingEntry =
	/** What came from one operator together. */
	| { readonly kind: "parts"; readonly parts: readonly MoPart[] }
	/** Comes when a message has perhaps waited long enough for its other parts. */
	| { readonly kind: "overdue"; readonly of: PartGroup }
	/** Rests among the dead letters until somebody has a route for these messages, and sends it again. */
	| { readonly kind: "unrouted"; readonly messageIds: readonly number[] };
