/** The requester, as the API knew it; a scheduled function names itself in `user_id`. */
export interface Requester {
  readonly user_id: string;
  readonly project_id: string | null;
  readonly request_id: string | null;
}
