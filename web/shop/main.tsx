// The demo shop's page: a wallet that is topped up from a bank, and beside it what its backend does.
import '../shared/tokens.css';
import './shop.css';

import {render} from 'preact';

import {Shop} from './shop.js';

render(<Shop />, document.querySelector('#shop')!);
