/** The queue of each function that is fed by one queue. */
export const heartbeatQueues = {
	receipts: "receipts",
	reports: "reports",
	"check-due": "dueShards",
	incoming: "incoming",
} as const;

/** The functions that show by heartbeats that they live. */
export const heartbeatConsumers = Object.keys(heartbeatQueues) as readonly (keyof typeof heartbeatQueues)[];

/** Every function that is fed by queues, as its metrics name it. The dead letters of lanes are sixteen queues, which have alarms of their own. */
export const consumers = [...heartbeatConsumers, "lane-dead-letters"] as const;
