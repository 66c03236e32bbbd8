/** The examples of the API's specification, completed by what the gateway answers (A2, A4, A5, A8). */
export const examples = {
	message: { client_message_id: "236234857", sender: "SMSGW", recipient: "77010000000", message_text: "тест" },
	createdMessage: { message_id: "12313" },
	refusedMessage: {
		error_message: "User can't use alias SMSGW to send messages",
		error_code: "10",
		field: "sender",
		request_id: "5db1f9a8-0f0c-4a5e-8a53-0c1f9d2f6a11",
	},
	batch: {
		messages: [
			{ client_message_id: "236234858", sender: "SMSGW", recipient: "77010000001", message_text: "test 2" },
			{ client_message_id: "236234859", sender: "SMSGW", recipient: "77010000002", message_text: "test 3" },
		],
	},
	createdBatch: { batch_id: "182532" },
	refusedBatch: {
		error_message: "messages[1]: Invalid recipient / destination address (format should be 7xxxYYYzzzz)",
		error_code: "11",
		field: "messages[1].recipient",
		request_id: "5db1f9a8-0f0c-4a5e-8a53-0c1f9d2f6a11",
	},
	refusedLimit: {
		error_message: "limit must be a whole number from 1 to 1000",
		error_code: null,
		field: "limit",
		request_id: "5db1f9a8-0f0c-4a5e-8a53-0c1f9d2f6a11",
	},
	refusedSearch: {
		error_message: "from must be a time of Almaty such as 2026-11-28 09:00:00",
		error_code: null,
		field: "from",
		request_id: "5db1f9a8-0f0c-4a5e-8a53-0c1f9d2f6a11",
	},
	senders: ["SMSGW"],
	deliveryReports: {
		delivery_report: [
			{
				status: "DELIVERED",
				client_message_id: "batch_tst1104",
				error_code: null,
				error_message: null,
				segment_count: 1,
				init_time: "2016-04-11 17:49:39",
				sent_time: "2016-04-11 17:49:39",
				status_time: "2016-04-11 17:49:42",
				message_id: 5_916_504_923,
				sent_confirm_time: "2016-04-11 17:49:39",
				rn_code: "02",
				retry_count: 0,
			},
			{
				client_message_id: "3",
				message_id: 34_524,
				status: "UNDELIVERABLE",
				error_code: "11",
				error_message: "Invalid recipient / destination address (format should be 7xxxYYYzzzz)",
				segment_count: 1,
				init_time: "2014-12-24 16:33:05",
				status_time: "2014-12-24 16:33:05",
			},
		],
	},
	incomingReports: {
		incoming_report: [
			{
				message_id: 456_795,
				sender: "77010000000",
				recipient: "9090",
				text: "исходящее от абонента",
				segment_count: 1,
				receive_time: "2014-12-24 16:33:06",
				rn_code: "02",
			},
		],
	},
} as const;
