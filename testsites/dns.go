package testsites

import (
	"fmt"
	"net"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// nameserver answers questions for addresses by UDP: every name is at 127.0.0.1, an alias by way of what it stands
// for.
type nameserver struct {
	conn    net.PacketConn
	aliases map[string]string
}

func startNameserver(aliases map[string]string) (*nameserver, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return &nameserver{conn, aliases}, nil
}

// run answers until the connection is closed. What is no question is not answered.
func (n *nameserver) run() {
	buf := make([]byte, 4096)
	for {
		size, from, err := n.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if reply, err := n.reply(buf[:size]); err == nil {
			n.conn.WriteTo(reply, from)
		}
	}
}

// maxAliases bounds the names that stand for one another.
const maxAliases = 8

func (n *nameserver) reply(packet []byte) ([]byte, error) {
	var p dnsmessage.Parser
	h, err := p.Start(packet)
	if err != nil {
		return nil, err
	}
	q, err := p.Question()
	if err != nil {
		return nil, err
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: h.ID, Response: true, RecursionDesired: h.RecursionDesired, RecursionAvailable: true},
		Questions: []dnsmessage.Question{q},
	}
	if q.Type != dnsmessage.TypeA {
		return m.Pack()
	}
	at := q.Name
	put := func(t dnsmessage.Type, body dnsmessage.ResourceBody) {
		head := dnsmessage.ResourceHeader{Name: at, Type: t, Class: dnsmessage.ClassINET, TTL: 60}
		m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: body})
	}
	for range maxAliases {
		target := n.aliases[strings.TrimSuffix(at.String(), ".")]
		if target == "" {
			break
		}
		name, err := dnsmessage.NewName(target + ".")
		if err != nil {
			return nil, err
		}
		put(dnsmessage.TypeCNAME, &dnsmessage.CNAMEResource{CNAME: name})
		at = name
	}
	put(dnsmessage.TypeA, &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}})
	return m.Pack()
}
