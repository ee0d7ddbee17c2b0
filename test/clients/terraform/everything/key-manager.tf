locals {
  texts = {
    certificate     = "leaf.pem"
    key             = "leaf-key.pem"
    intermediates   = "intermediate.pem"
    authority       = "root.pem"
    revoked         = "root-crl.pem"
    other-authority = "other-root.pem"
    other-revoked   = "other-crl.pem"
  }
}

resource "openstack_keymanager_secret_v1" "text" {
  for_each             = local.texts
  name                 = each.key
  payload              = file("${var.certificates}/${each.value}")
  payload_content_type = "text/plain"
  secret_type          = "opaque"
}

resource "openstack_keymanager_secret_v1" "bundle" {
  name                     = "bundle"
  payload                  = filebase64("${var.certificates}/modern.p12")
  payload_content_type     = "application/octet-stream"
  payload_content_encoding = "base64"
  secret_type              = "opaque"
}

resource "openstack_keymanager_container_v1" "certificate" {
  name = "certificate"
  type = "certificate"

  secret_refs {
    name       = "certificate"
    secret_ref = openstack_keymanager_secret_v1.text["certificate"].secret_ref
  }
  secret_refs {
    name       = "private_key"
    secret_ref = openstack_keymanager_secret_v1.text["key"].secret_ref
  }
  secret_refs {
    name       = "intermediates"
    secret_ref = openstack_keymanager_secret_v1.text["intermediates"].secret_ref
  }
}
