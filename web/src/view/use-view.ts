import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { formatView, parseView, type ViewState } from './view-state.ts';

export interface View {
  readonly state: ViewState;
  /** Makes an entry of its own, so that Back undoes it; `isSmall` changes (typing) replace the present one. */
  readonly change: (patch: Partial<ViewState>, isSmall?: 'small') => void;
  /** The address of another page with the same view. */
  readonly linkTo: (path: string, patch?: Partial<ViewState>) => string;
}

/** The view that the address tells, and how to change it. */
export function useView(): View {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const state = useMemo(() => parseView(search), [search]);
  const linkTo = useCallback(
    (to: string, patch: Partial<ViewState> = {}) => withQuery(to, { ...state, ...patch }),
    [state],
  );
  const change = useCallback(
    (patch: Partial<ViewState>, isSmall?: 'small') => {
      const address = withQuery(path, { ...state, ...patch });
      navigate(address, { replace: isSmall === 'small' });
    },
    [navigate, path, state],
  );
  return { state, change, linkTo };
}

function withQuery(path: string, view: ViewState): string {
  const query = formatView(view);
  return query === '' ? path : `${path}?${query}`;
}
