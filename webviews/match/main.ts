import '../shared/style.css';
import '../graph/style.css';
import '../model/style.css';
import './style.css';
import { startPage } from '../shared/page';
import { MatchPanel } from './panel';

startPage((app) => {
  new MatchPanel(app);
});
