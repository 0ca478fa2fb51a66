/* SPDX-License-Identifier: Apache-2.0 */
/** The filter language: an expression over key, headers, partition and the JSON of a value ({@code docs/websocket.md}). */
package io.sluice.http.filter;
