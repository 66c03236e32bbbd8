import { html, type View } from "../html.ts";

export type Column<Row> = {
	readonly title: string;
	readonly cell: (row: Row) => View;
	/** Numbers are aligned at the right. */
	readonly isNumber?: boolean;
};

type TableProps<Row> = {
	readonly columns: readonly Column<Row>[];
	readonly rows: readonly Row[];
	readonly none: string;
};

/** A table that scrolls in its own frame. The first column names the row. */
export function Table<Row>({ columns, rows, none }: TableProps<Row>) {
	if (rows.length === 0) return html`<p class="none">${none}</p>`;
	const classOf = ({ isNumber }: Column<Row>) => (isNumber ? "number" : undefined);
	return html`
		<div class="frame" tabindex="0">
			<table>
				<thead><tr>${columns.map((one) => (one.title === "" ? html`<td></td>` : html`<th scope="col" class=${classOf(one)}>${one.title}</th>`))}</tr></thead>
				<tbody>
					${rows.map(
						(row) => html`<tr>
							${columns.map((one, index) =>
								index === 0
									? html`<th scope="row" class=${classOf(one)}>${one.cell(row)}</th>`
									: html`<td class=${classOf(one)}>${one.cell(row)}</td>`,
							)}
						</tr>`,
					)}
				</tbody>
			</table>
		</div>
	`;
}
