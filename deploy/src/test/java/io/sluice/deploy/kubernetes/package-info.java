/* SPDX-License-Identifier: Apache-2.0 */
/** What runs on Kubernetes: the manifests, the chart, and finding other pods. */
package io.sluice.deploy.kubernetes;
