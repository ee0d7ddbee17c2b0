package clients

import (
	"net/http"
	"testing"

	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/apiversions"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/flavorprofiles"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/flavors"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/providers"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/quotas"
)

func TestTheVersionsEndWithTheCurrentOne(t *testing.T) {
	t.Parallel()
	found := must[[]apiversions.APIVersion](t)(apiversions.ExtractAPIVersions(all(t, apiversions.List(tenant))))
	equal(t, "first", found[0], apiversions.APIVersion{ID: "v2.0", Status: "SUPPORTED"})
	equal(t, "last", found[len(found)-1], apiversions.APIVersion{ID: "v2.30", Status: "CURRENT"})
}

func TestTheProvidersAreNamed(t *testing.T) {
	t.Parallel()
	found := must[[]providers.Provider](t)(providers.ExtractProviders(all(t, providers.List(tenant, providers.ListOpts{}))))
	names := []string{}
	for _, provider := range found {
		names = append(names, provider.Name)
	}
	equal(t, "names", names, []string{"amphora", "octavia"})
	found = must[[]providers.Provider](t)(providers.ExtractProviders(all(t, providers.List(tenant, providers.ListOpts{Fields: []string{"name"}}))))
	equal(t, "with a name only", found[0], providers.Provider{Name: "amphora"})
}

func TestAProviderTellsItsCapabilities(t *testing.T) {
	t.Parallel()
	known := must[[]providers.Capability](t)(providers.ListFlavorCapabilities(t.Context(), operator, "amphora", providers.ListFlavorCapabilitiesOpts{}).Extract())
	if len(known) == 0 || known[0].Description == "" {
		t.Errorf("found %v", known)
	}
	known = must[[]providers.Capability](t)(
		providers.ListAvailabilityZoneCapabilities(t.Context(), operator, "amphora", providers.ListAvailabilityZoneCapabilitiesOpts{Fields: []string{"name"}}).Extract(),
	)
	if len(known) == 0 || known[0].Description != "" {
		t.Errorf("found %v", known)
	}
	_, err := providers.ListFlavorCapabilities(t.Context(), tenant, "amphora", nil).Extract()
	refused(t, err, http.StatusForbidden)
}

func TestAFlavorProfileAndAFlavorAreMadeChangedAndDeleted(t *testing.T) {
	t.Parallel()
	profile := flavorprofiles.CreateOpts{Name: "gold", ProviderName: "amphora", FlavorData: `{"loadbalancer_topology": "SINGLE"}`}
	everything(t, profile)
	createdProfile := flavorprofiles.Create(t.Context(), operator, profile)
	madeProfile := must[*flavorprofiles.FlavorProfile](t)(createdProfile.Extract())
	answered(t, profile, createdProfile.Body, "flavorprofile")
	otherProfile := flavorprofiles.UpdateOpts{Name: "golden", ProviderName: "octavia", FlavorData: `{"loadbalancer_topology": "ACTIVE_STANDBY"}`}
	everything(t, otherProfile)
	updatedProfile := flavorprofiles.Update(t.Context(), operator, madeProfile.ID, otherProfile)
	done(t, updatedProfile.Err)
	answered(t, otherProfile, updatedProfile.Body, "flavorprofile")
	foundProfile := must[*flavorprofiles.FlavorProfile](t)(flavorprofiles.Get(t.Context(), operator, madeProfile.ID).Extract())
	equal(t, "profile", foundProfile.Name, "golden")
	listedProfiles := must[[]flavorprofiles.FlavorProfile](t)(flavorprofiles.ExtractFlavorProfiles(all(t,
		flavorprofiles.List(operator, flavorprofiles.ListOpts{Name: "golden", ProviderName: "octavia", Fields: []string{"id"}}))))
	equal(t, "profiles", listedProfiles, []flavorprofiles.FlavorProfile{{ID: madeProfile.ID}})

	options := flavors.CreateOpts{Name: "gold", Description: "two amphorae", FlavorProfileId: madeProfile.ID, Enabled: true}
	everything(t, options)
	created := flavors.Create(t.Context(), operator, options)
	made := must[*flavors.Flavor](t)(created.Extract())
	answered(t, options, created.Body, "flavor")
	other := flavors.UpdateOpts{Name: "golden", Description: "two of them", Enabled: true}
	everything(t, other)
	updated := flavors.Update(t.Context(), operator, made.ID, other)
	done(t, updated.Err)
	answered(t, other, updated.Body, "flavor")
	found := must[*flavors.Flavor](t)(flavors.Get(t.Context(), tenant, made.ID).Extract())
	equal(t, "flavor", found.Name, "golden")
	listed := must[[]flavors.Flavor](t)(flavors.ExtractFlavors(all(t,
		flavors.List(tenant, flavors.ListOpts{Name: "golden", FlavorProfileID: madeProfile.ID, Enabled: ptr(true), Fields: []string{"id"}}))))
	equal(t, "flavors", listed, []flavors.Flavor{{ID: made.ID}})

	refused(t, flavorprofiles.Delete(t.Context(), operator, madeProfile.ID).ExtractErr(), http.StatusConflict)
	done(t, flavors.Delete(t.Context(), operator, made.ID).ExtractErr())
	done(t, flavorprofiles.Delete(t.Context(), operator, madeProfile.ID).ExtractErr())
	_, err := flavors.Get(t.Context(), operator, made.ID).Extract()
	refused(t, err, http.StatusNotFound)
}

func TestAQuotaIsSetAndReset(t *testing.T) {
	t.Parallel()
	before := must[*quotas.Quota](t)(quotas.Get(t.Context(), operator, facts.OtherProject).Extract())
	options := quotas.UpdateOpts{
		Loadbalancer: ptr(1), Listener: ptr(2), Member: ptr(3), Pool: ptr(4), Healthmonitor: ptr(5), L7Policy: ptr(6), L7Rule: ptr(-1),
	}
	everything(t, options)
	set := must[*quotas.Quota](t)(quotas.Update(t.Context(), operator, facts.OtherProject, options).Extract())
	want := quotas.Quota{Loadbalancer: 1, Listener: 2, Member: 3, Pool: 4, Healthmonitor: 5, L7Policy: 6, L7Rule: -1}
	equal(t, "answered", *set, want)
	found := must[*quotas.Quota](t)(quotas.Get(t.Context(), operator, facts.OtherProject).Extract())
	equal(t, "set", *found, want)
	_, err := quotas.Update(t.Context(), tenant, facts.OtherProject, options).Extract()
	refused(t, err, http.StatusForbidden)
	done(t, quotas.Delete(t.Context(), operator, facts.OtherProject).ExtractErr())
	found = must[*quotas.Quota](t)(quotas.Get(t.Context(), operator, facts.OtherProject).Extract())
	equal(t, "reset", *found, *before)
}
