/**
 * The indexes by which messages are found by a number, and the attributes that are only for them. An item without these
 * attributes is in no index: rows of stages that have none, and of versions that had none.
 */
export const searchIndexes = {
	"by-recipient": { table: "messages", partition: "nr", sort: "nk" },
	"incoming-by-sender": { table: "incoming", partition: "ns", sort: "nk" },
	"incoming-by-recipient": { table: "incoming", partition: "nr", sort: "nk" },
} as const;

export type SearchIndexName = keyof typeof searchIndexes;
