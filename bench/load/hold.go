package main

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

const openAtOnce = 64

// held is reported twice: when all connections had their turn, and at the end.
type held struct {
	Asked      int    `json:"asked"`
	Open       int    `json:"open"` // answered right, and not closed by the server
	FirstError string `json:"first_error,omitempty"`
}

// holdIdle opens the connections, makes one request on each, reports, and keeps them until standard input ends or
// `longest` is over. Then it reports how many are open still.
func holdIdle(target *target, connections int, longest time.Duration, report func(any)) {
	deadline := time.Now().Add(longest)
	clients := make([]client, connections)
	next := make(chan *client)
	var state held
	var lock sync.Mutex
	var openers sync.WaitGroup
	for i := 0; i < openAtOnce; i++ {
		openers.Add(1)
		go func() {
			defer openers.Done()
			for one := range next {
				got, err := one.exchange()
				if err != nil {
					lock.Lock()
					state.FirstError = err.Error()
					lock.Unlock()
				}
				if !got.right {
					one.close()
				}
			}
		}()
	}
	for i := range clients {
		clients[i] = client{target: target, deadline: deadline.Add(grace)}
		next <- &clients[i]
	}
	close(next)
	openers.Wait()

	state.Asked = connections
	state.Open = countOpen(clients)
	report(state)
	inputEnded := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(inputEnded)
	}()
	select {
	case <-inputEnded:
	case <-time.After(time.Until(deadline)):
	}
	state.Open = countOpen(clients)
	report(state)
}

func countOpen(clients []client) int {
	open := 0
	for i := range clients {
		if conn, isTCP := clients[i].conn.(*net.TCPConn); isTCP && isOpen(conn) {
			open++
		}
	}
	return open
}

// isOpen looks, without waiting, whether the server has closed an idle connection.
func isOpen(conn *net.TCPConn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	open := false
	err = raw.Read(func(descriptor uintptr) bool {
		var byteRead [1]byte
		_, _, err := syscall.Recvfrom(int(descriptor), byteRead[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		open = err == syscall.EAGAIN
		return true
	})
	return err == nil && open
}
