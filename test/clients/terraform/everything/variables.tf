variable "stage" {
  description = "set: every attribute has a value; changed: every attribute that can be has another; plain: only what must be is there"
  type        = string
  validation {
    condition     = contains(["set", "changed", "plain"], var.stage)
    error_message = "One of set, changed and plain."
  }
}

variable "tenant" {
  description = "Entry of clouds.yaml"
  type        = string
}

variable "operator" {
  description = "Entry of clouds.yaml"
  type        = string
}

variable "region" { type = string }
variable "project" { type = string }
variable "quota_project" { type = string }
variable "vip_network" { type = string }
variable "vip_subnet" { type = string }
variable "vip_address" { type = string }
variable "member_subnet" { type = string }
variable "qos_policy" { type = string }
variable "zone" { type = string }

variable "certificates" {
  description = "Folder of PEM and PKCS12 files"
  type        = string
}
