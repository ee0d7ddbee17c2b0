package clients

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/listeners"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/pools"
	"github.com/gophercloud/gophercloud/v2/pagination"
)

func TestPagesFollowOneAnotherByTheirLinks(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	pool := newPool(t, id)
	wanted := []pools.BatchUpdateMemberOpts{}
	for last := range 7 {
		wanted = append(wanted, pools.BatchUpdateMemberOpts{Address: fmt.Sprintf("10.9.0.%d", last+1), ProtocolPort: 80})
	}
	done(t, pools.BatchUpdateMembers(t.Context(), tenant, pool, wanted).ExtractErr())
	settled(t, id)

	sizes, addresses := []int{}, []string{}
	filters := pools.ListMembersOpts{Limit: 3, SortKey: "address", SortDir: "desc"}
	err := pools.ListMembers(tenant, pool, filters).EachPage(t.Context(), func(_ context.Context, page pagination.Page) (bool, error) {
		members, err := pools.ExtractMembers(page)
		sizes = append(sizes, len(members))
		for _, member := range members {
			addresses = append(addresses, member.Address)
		}
		return true, err
	})
	done(t, err)
	equal(t, "sizes", sizes, []int{3, 3, 1})
	equal(t, "addresses", addresses, []string{"10.9.0.7", "10.9.0.6", "10.9.0.5", "10.9.0.4", "10.9.0.3", "10.9.0.2", "10.9.0.1"})
	equal(t, "all at once", len(must[[]pools.Member](t)(pools.ExtractMembers(all(t, pools.ListMembers(tenant, pool, filters))))), 7)
	filters.Marker = "00000000-0000-4000-8000-000000000000"
	_, err = pools.ListMembers(tenant, pool, filters).AllPages(t.Context())
	refused(t, err, http.StatusBadRequest)
}

func TestAnEmptyListIsAnEmptyPage(t *testing.T) {
	t.Parallel()
	page := all(t, listeners.List(tenant, listeners.ListOpts{LoadbalancerID: newLoadBalancer(t)}))
	if empty, err := page.IsEmpty(); err != nil || !empty {
		t.Errorf("empty is %v, %v", empty, err)
	}
}

func TestWhatDoesNotExistIsNotFound(t *testing.T) {
	t.Parallel()
	_, err := listeners.Get(t.Context(), tenant, "00000000-0000-4000-8000-000000000000").Extract()
	refused(t, err, http.StatusNotFound)
}

func TestWhatCannotBeIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	_, err := listeners.Create(t.Context(), tenant, listeners.CreateOpts{
		LoadbalancerID: newLoadBalancer(t), Protocol: listeners.ProtocolHTTP, ProtocolPort: 80, ConnLimit: ptr(-2),
	}).Extract()
	refused(t, err, http.StatusBadRequest)
	if err != nil && !strings.Contains(err.Error(), "connection_limit") {
		t.Errorf("the reason is not in %v", err)
	}
}
