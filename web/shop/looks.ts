// Looks of the payment window to try: what a merchant would pass as `customization`.
import type {LeanCustomization} from '../sdk/types.js';
import type {Key} from './texts.js';

export interface Look {
  name: Key;
  customization: LeanCustomization;
}

export const kLooks: Look[] = [
  {name: 'look_plain', customization: {}},
  {
    name: 'look_pill',
    customization: {theme_color: '#7a2e6e', theme_color_dark: '#e39ad6', link_color: '#7a2e6e', button_border_radius: 'pill'},
  },
  {
    name: 'look_whole',
    customization: {
      theme_color: '#7a4b1e',
      dialog_mode: 'uncontained',
      dialog_background_color_light: 'linear-gradient(#f6ead7, #e9d5b5)',
      dialog_background_color_dark: '#2a2118',
      button_border_radius: 2,
    },
  },
  {name: 'look_dark', customization: {force_appearance: 'dark', theme_color_dark: '#9dbbff'}},
  {name: 'look_weak', customization: {theme_color: '#fff6b0', button_text_color: '#ffffff', link_color: '#ffe97a'}},
];
