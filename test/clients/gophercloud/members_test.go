package clients

import (
	"net/http"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/pools"
)

func newMember(t *testing.T, loadBalancer, pool, address string) string {
	t.Helper()
	made := must[*pools.Member](t)(pools.CreateMember(t.Context(), tenant, pool, pools.CreateMemberOpts{Address: address, ProtocolPort: 80}).Extract())
	settled(t, loadBalancer)
	return made.ID
}

func TestAMemberIsMadeAsItWasAskedFor(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	pool := newPool(t, id)
	options := pools.CreateMemberOpts{
		Address: "10.9.0.1", ProtocolPort: 8080, Name: "full", ProjectID: facts.Project, Weight: ptr(5), SubnetID: facts.MemberSubnet,
		AdminStateUp: ptr(true), Backup: ptr(true), MonitorAddress: "10.9.0.9", MonitorPort: ptr(9000), Tags: []string{"a"},
	}
	everything(t, options)
	result := pools.CreateMember(t.Context(), tenant, pool, options)
	made := must[*pools.Member](t)(result.Extract())
	answered(t, options, result.Body, "member")
	if time.Since(made.CreatedAt).Abs() > time.Minute {
		t.Errorf("created at %s", made.CreatedAt)
	}
	settled(t, id)
	filters := pools.ListMembersOpts{
		Name: "full", Weight: 5, AdminStateUp: ptr(true), ProjectID: facts.Project, Address: "10.9.0.1", ProtocolPort: 8080, ID: made.ID,
		Limit: 5, SortKey: "name", SortDir: "asc",
	}
	everything(t, filters, "Marker")
	listed := must[[]pools.Member](t)(pools.ExtractMembers(all(t, pools.ListMembers(tenant, pool, filters))))
	if len(listed) != 1 || listed[0].ID != made.ID {
		t.Errorf("found %v", listed)
	}
}

func TestAMemberIsChanged(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	pool := newPool(t, id)
	member := newMember(t, id, pool, "10.9.0.1")
	options := pools.UpdateMemberOpts{
		Name: ptr("other"), Weight: ptr(0), AdminStateUp: ptr(false), Backup: ptr(true), MonitorAddress: ptr("10.9.0.9"), MonitorPort: ptr(9000),
		Tags: []string{"x"},
	}
	everything(t, options)
	result := pools.UpdateMember(t.Context(), tenant, pool, member, options)
	done(t, result.Err)
	answered(t, options, result.Body, "member")
	settled(t, id)
	found := must[*pools.Member](t)(pools.GetMember(t.Context(), tenant, pool, member).Extract())
	equal(t, "weight", found.Weight, 0)
	equal(t, "status", found.ProvisioningStatus, "ACTIVE")
}

func TestMembersAreReplacedAtOnce(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	pool := newPool(t, id)
	kept := newMember(t, id, pool, "10.9.0.1")
	newMember(t, id, pool, "10.9.0.2")
	options := pools.BatchUpdateMemberOpts{
		Address: "10.9.0.3", ProtocolPort: 80, Name: ptr("new"), ProjectID: facts.Project, Weight: ptr(3), SubnetID: ptr(facts.MemberSubnet),
		AdminStateUp: ptr(true), Backup: ptr(true), MonitorAddress: ptr("10.9.0.9"), MonitorPort: ptr(9000), Tags: []string{"a"},
	}
	everything(t, options)
	wanted := []pools.BatchUpdateMemberOpts{options, {Address: "10.9.0.1", ProtocolPort: 80, Weight: ptr(9)}}
	done(t, pools.BatchUpdateMembers(t.Context(), tenant, pool, wanted).ExtractErr())
	settled(t, id)
	members := map[string]pools.Member{}
	for _, member := range must[[]pools.Member](t)(pools.ExtractMembers(all(t, pools.ListMembers(tenant, pool, nil)))) {
		members[member.Address] = member
	}
	equal(t, "members", len(members), 2)
	equal(t, "id of the one that stays", members["10.9.0.1"].ID, kept)
	equal(t, "weight of the one that stays", members["10.9.0.1"].Weight, 9)
	equal(t, "name of the new one", members["10.9.0.3"].Name, "new")
	equal(t, "port of its monitor", members["10.9.0.3"].MonitorPort, 9000)
	// An empty list takes all away.
	done(t, pools.BatchUpdateMembers(t.Context(), tenant, pool, []pools.BatchUpdateMemberOpts{}).ExtractErr())
	settled(t, id)
	equal(t, "members left", len(must[[]pools.Member](t)(pools.ExtractMembers(all(t, pools.ListMembers(tenant, pool, nil))))), 0)
}

func TestAMemberIsDeleted(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	pool := newPool(t, id)
	member := newMember(t, id, pool, "10.9.0.1")
	done(t, pools.DeleteMember(t.Context(), tenant, pool, member).ExtractErr())
	settled(t, id)
	_, err := pools.GetMember(t.Context(), tenant, pool, member).Extract()
	refused(t, err, http.StatusNotFound)
}
