package main

import (
	"context"
	"net/http"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"bench/peer/tokenpb"
)

type sessionProperties struct {
	CustomSessionID  string `json:"customSessionId,omitempty"`
	MediaMode        string `json:"mediaMode,omitempty"`
	RecordingMode    string `json:"recordingMode,omitempty"`
	ForcedVideoCodec string `json:"forcedVideoCodec,omitempty"`
	AllowTranscoding *bool  `json:"allowTranscoding,omitempty"`
}

type connectionProperties struct {
	Type    string `json:"type,omitempty"`
	Data    string `json:"data,omitempty"`
	Role    string `json:"role,omitempty"`
	RTSPURI string `json:"rtspUri,omitempty"`
	Record  *bool  `json:"record,omitempty"`
}

type connection struct {
	ConnectionID string `json:"connectionId"`
	SessionID    string `json:"sessionId"`
	Status       string `json:"status"`
	CreatedAt    int64  `json:"createdAt"`
	Type         string `json:"type"`
	Role         string `json:"role"`
	Record       bool   `json:"record"`
	ServerData   string `json:"serverData"`
	Token        string `json:"token"`
}

// What an OpenVidu's HTTP status means to the caller.
var statusCodes = map[int]codes.Code{
	http.StatusBadRequest: codes.InvalidArgument,
	http.StatusNotFound:   codes.NotFound,
	http.StatusConflict:   codes.AlreadyExists,
}

type tokenServer struct {
	tokenpb.UnimplementedTokenServiceServer
	openvidu *openVidu
}

func (s *tokenServer) InitializeSession(
	ctx context.Context, request *tokenpb.InitializeSessionRequest) (*tokenpb.Session, error) {
	wanted := request.GetProperties()
	var answer struct {
		SessionID string `json:"sessionId"`
	}
	code, err := s.openvidu.post(ctx, s.openvidu.sessions, sessionProperties{
		CustomSessionID:  wanted.GetCustomSessionId(),
		MediaMode:        wanted.GetMediaMode(),
		RecordingMode:    wanted.GetRecordingMode(),
		ForcedVideoCodec: wanted.GetForcedVideoCodec(),
		AllowTranscoding: wanted.AllowTranscoding,
	}, &answer)
	if code == http.StatusConflict && wanted.GetCustomSessionId() != "" {
		return &tokenpb.Session{SessionId: wanted.GetCustomSessionId()}, nil
	}
	if err := asStatus(code, err); err != nil {
		return nil, err
	}
	return &tokenpb.Session{SessionId: answer.SessionID}, nil
}

func (s *tokenServer) CreateConnection(
	ctx context.Context, request *tokenpb.CreateConnectionRequest) (*tokenpb.Connection, error) {
	wanted := request.GetProperties()
	var answer connection
	code, err := s.openvidu.post(ctx, s.openvidu.connectionURL(request.GetSessionId()), connectionProperties{
		Type:    wanted.GetType(),
		Data:    wanted.GetData(),
		Role:    wanted.GetRole(),
		RTSPURI: wanted.GetRtspUri(),
		Record:  wanted.Record,
	}, &answer)
	if err := asStatus(code, err); err != nil {
		return nil, err
	}
	return &tokenpb.Connection{
		ConnectionId: answer.ConnectionID,
		SessionId:    answer.SessionID,
		Status:       answer.Status,
		CreatedAt:    answer.CreatedAt,
		Type:         answer.Type,
		Role:         answer.Role,
		Record:       answer.Record,
		ServerData:   answer.ServerData,
		Token:        answer.Token,
	}, nil
}

func asStatus(code int, err error) error {
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	if code == http.StatusOK {
		return nil
	}
	if grpcCode, known := statusCodes[code]; known {
		return status.Errorf(grpcCode, "OpenVidu answers %d", code)
	}
	return status.Errorf(codes.Internal, "OpenVidu answers %d", code)
}
