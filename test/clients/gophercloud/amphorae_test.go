package clients

import (
	"net/http"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/amphorae"
)

func amphoraeOf(t *testing.T, filters amphorae.ListOpts) []amphorae.Amphora {
	t.Helper()
	return must[[]amphorae.Amphora](t)(amphorae.ExtractAmphorae(all(t, amphorae.List(operator, filters))))
}

func TestAnAmphoraIsShownToOperatorsOnly(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	first := amphoraeOf(t, amphorae.ListOpts{LoadbalancerID: id})[0]
	filters := amphorae.ListOpts{
		LoadbalancerID: id, ImageID: first.ImageID, Role: "STANDALONE", Status: "ALLOCATED", HAPortID: first.HAPortID, VRRPPortID: first.VRRPPortID,
		Limit: 5, SortKey: "role", SortDir: "asc",
	}
	everything(t, filters, "Marker")
	equal(t, "found", len(amphoraeOf(t, filters)), 1)
	found := must[*amphorae.Amphora](t)(amphorae.Get(t.Context(), operator, first.ID).Extract())
	equal(t, "load balancer", found.LoadbalancerID, id)
	if found.CertExpiration.Before(time.Now()) || found.CreatedAt.IsZero() || found.LBNetworkIP == "" || found.ComputeID == "" {
		t.Errorf("found %#v", found)
	}
	_, err := amphorae.Get(t.Context(), tenant, first.ID).Extract()
	refused(t, err, http.StatusForbidden)
}

func TestAnAmphoraIsFailedOver(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	first := amphoraeOf(t, amphorae.ListOpts{LoadbalancerID: id})[0]
	done(t, amphorae.Failover(t.Context(), operator, first.ID).ExtractErr())
	settled(t, id)
	now := amphoraeOf(t, amphorae.ListOpts{LoadbalancerID: id, Status: "ALLOCATED"})
	if len(now) != 1 || now[0].ID == first.ID {
		t.Errorf("found %v", now)
	}
}
