/** The priorities by their number on the wire (R18). The highest is sent first. */
export const priorityNames = ["bulk", "interactive", "urgent", "emergency"] as const;

export type PriorityName = (typeof priorityNames)[number];
export type Priority = 0 | 1 | 2 | 3;

export const priorities = [0, 1, 2, 3] as const satisfies readonly Priority[];

/** From this priority on, a message is useful for minutes only, such as a one-time password. */
export const urgentFrom: Priority = 2;

/** A number or numeric string from 0 to 3; anything else counts as 0 (R18, A32). */
export function priorityFrom(value: unknown): Priority {
	const wanted = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
	return priorities.find((priority) => priority === wanted) ?? 0;
}
