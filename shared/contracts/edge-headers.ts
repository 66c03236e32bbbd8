/** The headers by which CloudFront and the functions understand each other. Functions see header names in small letters. */

/** Shows that a request came through CloudFront. */
export const edgeKeyHeader = "x-smsgw-edge-key";

/** The client's address and port, as CloudFront saw them. */
export const viewerAddressHeader = "CloudFront-Viewer-Address";
