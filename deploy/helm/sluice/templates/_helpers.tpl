{{/* SPDX-License-Identifier: Apache-2.0 */}}

{{/* Name of everything in a release: its own name, with the chart's unless that is in it. */}}
{{- define "sluice.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "sluice.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "sluice.labels" -}}
{{ include "sluice.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "sluice.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "sluice.fullname" .) -}}
{{- else -}}
{{- required "serviceAccount.name: must be set where serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* What a pod's DNS name ends with. */}}
{{- define "sluice.podDomain" -}}
{{- printf "%s-nodes.%s.svc.%s" (include "sluice.fullname" .) .Release.Namespace .Values.clusterDomain -}}
{{- end -}}

{{/* Broker numbers are the pods' ordinals. */}}
{{- define "sluice.voters" -}}
{{- $voters := int .Values.voters -}}
{{- if gt $voters (int .Values.nodes) -}}
{{- fail (printf "voters: %d, but there are only %d nodes" $voters (int .Values.nodes)) -}}
{{- end -}}
{{- range $i := until $voters -}}{{- if $i }},{{ end -}}{{ $i }}{{- end -}}
{{- end -}}

{{- define "sluice.seeds" -}}
{{- $root := . -}}
{{- range $i := until (int .Values.voters) -}}
{{- if $i }},{{ end -}}{{ include "sluice.fullname" $root }}-{{ $i }}.{{ include "sluice.podDomain" $root }}:2551
{{- end -}}
{{- end -}}
